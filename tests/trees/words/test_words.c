/* test_words WHAT: exits with 1 where that is wrong. */
#include "words.h"

#include <stdio.h>
#include <string.h>

static int check(const char *text, size_t words, size_t longest, int count)
{
    const size_t got = count ? count_words(text) : longest_word(text);
    if (got == (count ? words : longest))
        return 0;
    printf("'%s': %zu\n", text, got);
    return 1;
}

int main(int argc, char **argv)
{
    const int count = argc > 1 && strcmp(argv[1], "count") == 0;
    return check("", 0, 0, count) | check("one", 1, 3, count) | check(" one  three\n", 2, 5, count) |
           check("three one two", 3, 5, count);
}
