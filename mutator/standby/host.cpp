// host: a process without a program. preload.cpp, in front of it, never lets it come to its main.
int main() {}
