// The English messages that the lists of exports and of errors share.

export const lists = {
  search: "Search",
  from: "From",
  to: "To",
  clear: "Clear filter",
  saveCsv: "Save as CSV",
  saveJson: "Save as JSON",
  saved: "Saved as",
  notSaved: "Not saved.",
  noMatches: "No matches",
  noMatchesText: "Search for something else, or clear the filter to see all entries.",
};
