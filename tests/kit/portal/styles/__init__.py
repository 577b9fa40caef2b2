"""How the families of portal software write a list: one module a family, each with ``mount(builder, place)``."""
