"""One script a page; it reads like the page's outline. Views import no views."""
