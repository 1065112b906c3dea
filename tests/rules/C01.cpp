// ---- match

// ---- becomes

// ---- no match
