// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/read_yaml.hpp"
#include "common/escape.hpp"
#include "common/take_field.hpp"
#include <algorithm>
#include <map>
#include <sstream>
#include <utility>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

namespace isag::config {
namespace {

constexpr std::size_t longest_text = 1 << 20;
constexpr std::size_t most_nodes = 100'000;
constexpr std::size_t deepest = 32;
constexpr std::size_t most_bad_characters = 20;  // findings about them in one file

// Leaves the YAML library's parser from inside an event; caught in read_yaml().
struct Refused {
    YAML::Mark mark;
    std::string message;
};

bool is_null_text(const std::string& text) {
    return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

// Makes Nodes of the parser's events.
class Builder : public YAML::EventHandler {
public:
    Node take_root() { return std::move(root_); }

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { leaf(Node{}, mark, anchor); }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        check_tag(mark, tag);
        Node node = Node::string(value);
        node.plain = tag == "?" || tag.empty();
        if (node.plain && is_null_text(value)) node = Node{};
        leaf(std::move(node), mark, anchor);
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto it = anchored_.find(anchor);
        if (it == anchored_.end()) throw Refused{mark, "an alias inside the value that it names"};
        count(mark, it->second.size);
        if (open_.size() + it->second.depth > deepest) throw Refused{mark, "nested too deeply"};
        deepen(it->second.depth);
        attach(it->second.node);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(Node::list(), mark, tag, anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(Node::map(), mark, tag, anchor);
    }
    void OnMapEnd() override { close(); }

private:
    struct Open {
        Node node;
        YAML::anchor_t anchor;
        std::size_t nodes_before;
        std::size_t depth = 1;  // levels of itself and what it holds
    };
    struct Anchored {
        Node node;
        std::size_t size;
        std::size_t depth;
    };

    static void check_tag(const YAML::Mark& mark, const std::string& tag) {
        constexpr std::string_view core = "tag:yaml.org,2002:";
        static const std::vector<std::string_view> kinds = {"str", "int", "float", "bool", "null", "seq", "map"};
        if (tag.empty() || tag == "?" || tag == "!") return;
        const bool known = tag.starts_with(core) && std::find(kinds.begin(), kinds.end(),
                                                              std::string_view(tag).substr(core.size())) != kinds.end();
        if (!known) throw Refused{mark, "the tag " + shown(tag) + " means nothing here"};
    }

    void count(const YAML::Mark& mark, std::size_t nodes) {
        nodes_ += nodes;
        if (nodes_ > most_nodes)
            throw Refused{mark, "more than " + std::to_string(most_nodes) + " values, aliases counted each time"};
    }

    static void place(Node& node, const YAML::Mark& mark) {
        node.line = mark.line + 1;
        node.column = mark.column + 1;
    }

    void leaf(Node node, const YAML::Mark& mark, YAML::anchor_t anchor) {
        count(mark, 1);
        place(node, mark);
        if (anchor) anchored_[anchor] = {node, 1, 1};
        attach(std::move(node));
    }

    void open(Node node, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
        check_tag(mark, tag);
        if (open_.size() >= deepest) throw Refused{mark, "nested too deeply"};
        count(mark, 1);
        place(node, mark);
        open_.push_back({std::move(node), anchor, nodes_ - 1});
    }

    void close() {
        Open done = std::move(open_.back());
        open_.pop_back();
        if (done.anchor) {
            const std::size_t size = nodes_ - done.nodes_before;
            count({}, size);  // the copy that is kept
            anchored_[done.anchor] = {done.node, size, done.depth};
        }
        deepen(done.depth);
        attach(std::move(done.node));
    }

    // The open parent gets a child of this depth.
    void deepen(std::size_t child) {
        if (!open_.empty()) open_.back().depth = std::max(open_.back().depth, child + 1);
    }

    void attach(Node node) {
        if (open_.empty()) {
            root_ = std::move(node);
            return;
        }
        Node& parent = open_.back().node;
        const bool is_key = parent.is_map() && parent.keys.size() == parent.items.size();
        (is_key ? parent.keys : parent.items).push_back(std::move(node));
    }

    Node root_;
    std::vector<Open> open_;
    std::map<YAML::anchor_t, Anchored> anchored_;
    std::size_t nodes_ = 0;
};

Finding at(const YAML::Mark& mark, std::string message) {
    if (mark.is_null()) return {0, 0, "", std::move(message)};
    return {mark.line + 1, mark.column + 1, "", std::move(message)};
}

// Control characters and broken UTF-8, which the YAML library would take for the end of the file or replace silently.
std::vector<Finding> bad_characters(std::string_view text) {
    std::vector<Finding> out;
    for (std::int64_t line = 1; !text.empty() && out.size() < most_bad_characters; ++line) {
        std::string shown(take_field(text, '\n'));
        std::replace(shown.begin(), shown.end(), '\t', ' ');
        if (shown.ends_with('\r')) shown.back() = ' ';
        const auto place = find_control(shown);
        if (place == std::string::npos) continue;
        out.push_back({line, static_cast<std::int64_t>(place) + 1, "",
                       "a control character or a byte that is not UTF-8; allowed: UTF-8 text"});
    }
    return out;
}

bool starts_alias(std::string_view text, const YAML::Mark& mark) {
    const auto place = static_cast<std::size_t>(mark.pos);
    return !mark.is_null() && place < text.size() && text[place] == '*';
}

Finding syntax_error(std::string_view text, const YAML::Exception& error) {
    std::string message = "not valid YAML: " + error.msg;
    if (starts_alias(text, error.mark)) message += " (a value that starts with * needs quotes: \"*.example.com\")";
    Finding finding = at(error.mark, std::move(message));
    const bool at_end = finding.line > 0 && static_cast<std::size_t>(error.mark.pos) >= text.size();
    if (at_end)
        finding.column = static_cast<std::int64_t>(text.size() - (text.rfind('\n') + 1)) + 1;  // it says 0 there
    return finding;
}

}  // namespace

Document read_yaml(std::string_view text) {
    if (text.size() > longest_text) return {{}, {{0, 0, "", "larger than " + std::to_string(longest_text) + " bytes"}}};
    if (auto findings = bad_characters(text); !findings.empty()) return {{}, std::move(findings)};
    std::istringstream stream{std::string(text)};
    Builder builder;
    try {
        YAML::Parser parser(stream);
        if (!parser.HandleNextDocument(builder)) return {};
        Document document{builder.take_root(), {}};
        Builder second;
        if (parser.HandleNextDocument(second)) {
            const Node extra = second.take_root();
            document.findings.push_back({extra.line, extra.column, "", "a second document; one file holds one"});
        }
        return document;
    } catch (const Refused& refused) {
        return {{}, {at(refused.mark, refused.message)}};
    } catch (const YAML::Exception& error) {
        return {{}, {syntax_error(text, error)}};
    }
}

}  // namespace isag::config
