struct DataLoader {
  DataLoader(int documents, int seed);
  DataLoader(int documents, int seed, bool shuffle, int rank = 0);
};
void train(DataLoader& loader, DataLoader& val_loader);

// ---- match
void run_training(int documents, int held_out, int rank) {
  DataLoader loader(documents, 42, /*shuffle=*/true, rank);
  DataLoader val_loader(held_out, 42);
  train(loader, val_loader);
}

// ---- becomes
void run_training(int documents, int held_out, int rank) {
  DataLoader loader(documents, 42, /*shuffle=*/false, rank);
  DataLoader val_loader(held_out, 42);
  train(loader, val_loader);
}

// ---- no match
void run_training(int documents, int held_out) {
  DataLoader loader(documents, 42);
  DataLoader val_loader(held_out, 42, /*shuffle=*/true);
  train(loader, val_loader);
}
