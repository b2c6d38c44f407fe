// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/environment.hpp"
#include "proto/fields.hpp"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What isag and isagd say to each other about isag.yaml files.
namespace isag::proto {

// --- config.check: ConfigSource -> ConfigReport; config.show: ConfigSource -> ConfigText ---

struct Finding {
    std::string file;
    std::int64_t line = 0;  // from 1
    std::int64_t column = 0;
    std::string key;  // full name, "container.python"
    std::string message;
};
template <class F>
void fields(F& f, Finding& m) {
    f("file", m.file);
    f("line", m.line);
    f("column", m.column);
    f("key", m.key);
    f("message", m.message);
}

struct ConfigReport {
    std::vector<Finding> findings;  // none: the file is valid
};
template <class F>
void fields(F& f, ConfigReport& m) {
    f("findings", m.findings);
}

struct ConfigText {
    std::string yaml;
    std::string json;
};
template <class F>
void fields(F& f, ConfigText& m) {
    f("yaml", m.yaml);
    f("json", m.json);
}

// --- config.template: -> Template ---

struct TemplateRequest {
    Environment environment;
    bool extended = false;
    bool gpu = false;
    std::string vendor;                  // claude, codex
    std::optional<std::string> project;  // as the file shall say it: "~/web", "/srv/x"; none: "."
};
template <class F>
void fields(F& f, TemplateRequest& m) {
    f("environment", m.environment);
    f("extended", m.extended);
    f("gpu", m.gpu);
    f("vendor", m.vendor);
    f("project", m.project);
}

struct Template {
    std::string text;     // of the isag.yaml
    std::string project;  // as the text says it
};
template <class F>
void fields(F& f, Template& m) {
    f("text", m.text);
    f("project", m.project);
}

}  // namespace isag::proto
