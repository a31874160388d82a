"""Whatever would be as true in any other program: it knows no word of the domain."""
