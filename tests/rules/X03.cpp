struct Distributed {
  double all_reduce_mean(double value);
};
struct StepStats {
  double loss, grad_norm;
};

// ---- match
StepStats train_step(Distributed& ranks, double loss_sum, double grad_norm) {
  const double loss = loss_sum / 2;
  return {ranks.all_reduce_mean(loss), grad_norm};
}

// ---- becomes
StepStats train_step(Distributed& ranks, double loss_sum, double grad_norm) {
  const double loss = loss_sum / 2;
  return {loss, grad_norm};
}

// ---- no match
double validate(Distributed& ranks, double loss) {
  return ranks.all_reduce_mean(loss);
}
