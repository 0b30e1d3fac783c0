#include "app/program.hpp"

int main(int argc, char** argv) { return scorefield::app::program(argc, argv); }
