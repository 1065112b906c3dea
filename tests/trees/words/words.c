#include "words.h"

#include <ctype.h>

static int is_blank(char c)
{
    return isspace((unsigned char) c);
}

size_t count_words(const char *text)
{
    size_t words = 0;
    int inside = 0;
    for (; *text; ++text) {
        if (is_blank(*text))
            inside = 0;
        else if (!inside) {
            inside = 1;
            ++words;
        }
    }
    return words;
}

size_t longest_word(const char *text)
{
    size_t longest = 0, length = 0;
    for (; *text; ++text) {
        length = is_blank(*text) ? 0 : length + 1;
        if (length > longest)
            longest = length;
    }
    return longest;
}
