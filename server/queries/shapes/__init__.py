"""How an answer is made of the tables: shapes say what there is, a plan what is asked for, one statement answers.

A shape knows nothing of GraphQL; a plan is plain data; whatever cannot be said in them is not compiled.
"""
