"""Published descriptions of APIs: read in whatever form, and compared for what a reader of data sees."""
