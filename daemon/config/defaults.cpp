// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/defaults.hpp"

namespace isag::config {

const std::vector<std::string_view> default_domains = {
    "github.com",          "api.github.com", "raw.githubusercontent.com", "objects.githubusercontent.com",
    "codeload.github.com", "pypi.org",       "files.pythonhosted.org",    "registry.npmjs.org"};

const std::vector<std::string_view> forum_domains = {"stackoverflow.com", "cdn.stackoverflow.co", "cdn.sstatic.net",
                                                     "stackexchange.com"};

const std::vector<std::string_view> gpu_domains = {"download.pytorch.org",   "developer.download.nvidia.com",
                                                   "developer.nvidia.com",   "nvidia.com",
                                                   "www.nvidia.com",         "api.nvidia.com",
                                                   "ngc.nvidia.com",         "nvcr.io",
                                                   "us.download.nvidia.com", "international.download.nvidia.com"};

const std::vector<std::string_view> model_domains = {
    "repo.anaconda.com", "conda.anaconda.org",          "anaconda.org", "huggingface.co", "www.huggingface.co",
    "cdn-lfs.hf.co",     "api-inference.huggingface.co"};

const std::vector<std::string_view> default_protect = {
    ".git/hooks", ".git/config", ".vscode", ".idea", ".envrc", ".mcp.json", ".claude/settings*.json"};

const std::vector<std::string_view> starter_dns = {"1.1.1.1", "1.0.0.1", "8.8.8.8", "8.8.4.4"};

}  // namespace isag::config
