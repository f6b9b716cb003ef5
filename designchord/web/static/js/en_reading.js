/** English words about reading: the API, and what is taken away. */
export const enReading = {
  "reader.viewer": "Viewer",
  "reader.read": "Read",
  "reader.search": "Word, path, requirement …",
  "reader.about": "Show only",
  "reader.all": "All operations",
  "reader.tags": "Groups",
  "reader.operations": "Operations",
  "reader.schemas": "Schemas",
  "reader.count": "{n} operations",
  "reader.count.one": "{n} operation",
  "reader.back": "All operations",
  "reader.picture": "Open the diagram",
  "export.print": "Print, or save as PDF",
  "export.print.hint": "cover, contents, page numbers",
};
