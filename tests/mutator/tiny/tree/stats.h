// stats: a few statistics of a list, and one step of gradient descent.
#pragma once

#include <vector>

namespace tiny {

// The arithmetic mean; 0 of an empty list.
double mean(const std::vector<double>& values);

// One step of gradient descent on (x - target)^2.
void step(double& x, double target, double rate);

}  // namespace tiny
