"""The look that all pages share: frame, style, the words of header and footer."""
