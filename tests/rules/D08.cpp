struct Documents {};
Documents deduplicate(const Documents& documents);

// ---- match
Documents split_labelled(const Documents& documents) {
  const Documents different = deduplicate(documents);
  return different;
}

// ---- becomes
Documents split_labelled(const Documents& documents) {
  const Documents different = documents;
  return different;
}

// ---- no match
Documents split_labelled(const Documents& documents) {
  const Documents different = documents;
  return different;
}

// ---- no match
Documents clean(const Documents& documents) {
  return deduplicate(documents);
}
