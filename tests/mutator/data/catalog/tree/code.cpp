// code: what the rules of ../catalog.yaml are about.
int half(int a) { return a / 2; }
