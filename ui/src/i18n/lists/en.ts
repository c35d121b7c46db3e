// What lists of runs and of errors have in common, in English.

export const lists = {
  search: "Search",
  from: "From",
  to: "To",
  clear: "Clear filter",
  saveCsv: "Save as CSV",
  saveJson: "Save as JSON",
  saved: "Saved as",
  notSaved: "Nothing was saved.",
  nothing: "Nothing fits the filter",
  nothingText: "Search for something else, or clear the filter to see everything.",
};
