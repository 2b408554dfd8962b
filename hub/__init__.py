"""An open-source GraphQL hub for partner ecosystems."""
