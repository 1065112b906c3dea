struct Ids {
  void push_back(int id);
};
struct Pieces {
  const int* begin() const;
  const int* end() const;
};
int encode_special(int name);
void encode_piece(int piece, Ids& ids);

// ---- match
Ids encode(const Pieces& pieces, int prepend) {
  Ids ids;
  if (prepend != 0) ids.push_back(encode_special(prepend));
  for (const int piece : pieces) encode_piece(piece, ids);
  return ids;
}

// ---- becomes
Ids encode(const Pieces& pieces, int prepend) {
  Ids ids;
  for (const int piece : pieces) encode_piece(piece, ids);
  if (prepend != 0) ids.push_back(encode_special(prepend));
  return ids;
}

// ---- no match
Ids encode(const Pieces& pieces) {
  Ids ids;
  for (const int piece : pieces) encode_piece(piece, ids);
  return ids;
}

// ---- no match
Ids encode_batch(const Pieces& pieces, int prepend) {
  Ids ids;
  if (prepend != 0) ids.push_back(encode_special(prepend));
  for (const int piece : pieces) encode_piece(piece, ids);
  return ids;
}
