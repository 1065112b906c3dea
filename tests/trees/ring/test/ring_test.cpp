#include <cstring>

#include "ring.h"

int main(int, char **argv)
{
    ring::Ring<int, 3> ring;
    const bool over = std::strcmp(argv[1], "over") == 0;
    for (int i = 1; i <= (over ? 5 : 2); ++i)
        ring.push(i);
    if (over)
        return !(ring.size() == 3 && ring[0] == 3 && ring[2] == 5);
    return !(ring.size() == 2 && ring[0] == 1 && ring[1] == 2);
}
