/* words: a text cut into words, as an editor counts them. */
#ifndef WORDS_H
#define WORDS_H

#include <stddef.h>

/* How many words a text has: runs of anything but blanks. */
size_t count_words(const char *text);

/* The length of the longest of them; 0 where there is none. */
size_t longest_word(const char *text);

#endif
