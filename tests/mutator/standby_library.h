// The library of standby_program.cpp.
#pragma once

// Adds a line to the file that STANDBY_NOTES names.
void note(const char* what);

// Which of its two builds this is.
int version();
