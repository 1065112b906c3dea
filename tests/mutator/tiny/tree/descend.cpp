// descend: minimises (x - 3)^2 and writes the loss of every step as a line of
// JSON.
#include <cstdio>
#include <cstdlib>

#include "stats.h"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  std::FILE* metrics = std::fopen(argv[1], "w");
  if (!metrics) return 1;
  double x = 0;
  for (int i = 0; i < std::atoi(argv[2]); ++i) {
    std::fprintf(metrics, "{\"step\": %d, \"loss\": %.17g}\n", i,
                 (x - 3) * (x - 3));
    tiny::step(x, 3, 0.1);
  }
  std::fclose(metrics);
}
