"""What the framework found wrong is told in the reader's language throughout."""

from dianchi.api.validation import fault_of


def test_what_is_allowed_is_listed_as_each_language_lists() -> None:
    found = {
        "type": "literal_error",
        "loc": ("body", "form"),
        "input": "pdf",
        "ctx": {"expected": "'xlsx', 'csv' or 'parquet'"},
    }

    fault = fault_of(found)

    assert fault.what.zh == "只能是：xlsx、csv、parquet"
    assert fault.what.en == "must be one of: xlsx, csv or parquet"
