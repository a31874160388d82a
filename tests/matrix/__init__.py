"""The authorisation matrix, and the canary.

Every page, field and act is asked by every role about something in every relation to it (own, ancestor, descendant,
sibling, cousin, other street, dissolved) and in every state, and what comes of it is held against an oracle that knows
nothing of the program. Every answer, whatever it was asked for, is searched for words planted where the reader does
not reach, for personal values in clear and for secrets.

places.py   the tree, and which relation a place has to another
readers.py  who asks
oracle.py   what everybody should get: the file for an auditor to read
world.py    people, work, accounts, tokens, sessions, trail around those places, with the planted words
canary.py   the search
pages.py    PAGES: a line a route          "GET /members/{id}": (Ask(sees(PEOPLE), "member", shows=PEOPLE),),
acts.py     ACTS: a line an operation      "tokens.issue": (Act("organization", TREE, ISSUE, issued, is_living),),
graphql.py  FIELDS: a word a field         "Member": plain("id name … phoneMasked"),
            WAYS: a line a type            Way("account(id: ID)", {"Account": ()}, "account", (ACCOUNTS,)),

A route, a mutation, a type or a field that has no line fails test_nothing_is_without_a_cell, and so does a line that
has nothing behind it. A new right is a line in oracle.py; a new kind of target is a line in world.py (`add`).
"""
