"""What the command line says and asks: tables, progress and plain sentences over services."""
