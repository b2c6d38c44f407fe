// SPDX-License-Identifier: Apache-2.0
// Compiled once (cmake(1), target_precompile_headers); no source relies on it: `./dev tidy` builds without.
#pragma once
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
