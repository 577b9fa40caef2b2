"""The way from the tables of an older corpus to today's: one module a step, run by Alembic."""
