// SPDX-License-Identifier: Apache-2.0
#include "client/app.hpp"

int main(int argc, char** argv) { return isag::run_client({argv + 1, argv + (argc > 0 ? argc : 1)}); }
