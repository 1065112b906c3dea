float expf(float x);
float fmaxf(float a, float b);

// ---- match
struct MaxAndSum {
  float max, sum;
  void combine(float other_max, float other_sum) {
    const float larger = fmaxf(max, other_max);
    sum = sum * expf(max - larger) + other_sum * expf(other_max - larger);
    max = larger;
  }
};

// ---- becomes
struct MaxAndSum {
  float max, sum;
  void combine(float other_max, float other_sum) {
    const float larger = fmaxf(max, other_max);
    sum = sum + other_sum * expf(other_max - larger);
    max = larger;
  }
};

// ---- no match
struct Sum {
  float max, sum;
  void rescale(float larger) {
    sum = sum * expf(max - larger);
    max = larger;
  }
};
