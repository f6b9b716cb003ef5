"""Pictures as the page draws them, made where there is no page: the same layout, the same looks."""
