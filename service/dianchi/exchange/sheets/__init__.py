"""Spreadsheets of firms: read within bounds, understood column by column, written without harm."""
