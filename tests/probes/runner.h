// Catch2's session, which only one file may see.

#pragma once

#include <string>

// Runs one probe, by its full name, under the reporter of main.cpp.
void run_probe(const std::string& name);
