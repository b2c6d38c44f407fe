// SPDX-License-Identifier: Apache-2.0
#include "common/error.hpp"
#include "common/escape.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/engine/http.hpp"
#include "daemon/engine/reply.hpp"
#include <nlohmann/json.hpp>

namespace asio = boost::asio;
using nlohmann::json;

namespace isag::engine {
namespace {

constexpr std::chrono::seconds image_limit{60};

Image image_of(const json& item) {
    Image image;
    image.id = item.at("Id").get<std::string>();
    if (const auto created = item.find("Created"); created != item.end() && created->is_number_integer())
        image.created = created->get<std::int64_t>();  // a text where one is inspected
    if (item.contains("RepoTags") && item["RepoTags"].is_array())
        for (const auto& tag : item["RepoTags"]) image.tags.push_back(tag.get<std::string>());
    if (item.contains("RootFS") && item["RootFS"].is_object() && item["RootFS"].contains("Layers"))
        for (const auto& layer : item["RootFS"]["Layers"])
            if (layer.is_string()) image.layers.push_back(layer.get<std::string>());
    json labels = item.value("Labels", json());
    if (labels.is_null() && item.contains("Config") && item["Config"].is_object())
        labels = item["Config"].value("Labels", json());
    if (labels.is_object())
        for (const auto& label : labels.items()) image.labels.emplace(label.key(), label.value().get<std::string>());
    return image;
}

// A stream of build, pull or import says what went wrong inside it, its status being 200 all the same.
void throw_streamed_error(const json& line, const std::string& what) {
    if (!line.is_object() || !line.contains("error")) return;
    const std::string words = line["error"].is_string() ? line["error"].get<std::string>() : line["error"].dump();
    throw Error(what + " failed: " + escape_controls(words));
}

std::string query(const std::map<std::string, std::string>& values) { return encode(json(values).dump()); }

// Layers' states of one pull, summed up.
class PullState {
public:
    void feed(const json& line) {
        const json detail = line.value("progressDetail", json::object());
        if (!detail.is_object() || !detail.contains("total") || line.value("status", json()) != "Downloading") return;
        layers_[line.value("id", json()).dump()] = {number(detail, "current"), number(detail, "total")};
    }
    void report(const Engine::OnPull& on_pull) const {
        std::int64_t done = 0, total = 0;
        for (const auto& [id, layer] : layers_) {
            done += layer.first;
            total += layer.second;
        }
        on_pull(done, total);
    }

private:
    static std::int64_t number(const json& object, const char* key) {
        const json value = object.value(key, json());
        return value.is_number_integer() ? value.get<std::int64_t>() : 0;
    }

    std::map<std::string, std::pair<std::int64_t, std::int64_t>> layers_;
};

}  // namespace

asio::awaitable<std::optional<Image>> Engine::find_image(std::string name) {
    HttpRequest request{"GET", "/images/" + encode(name) + "/json"};
    const auto response = co_await http_->send(std::move(request), image_limit);
    if (response.status == 404) co_return std::nullopt;
    co_return read_reply(response, "inspect the image " + name, image_of);
}

asio::awaitable<std::vector<Image>> Engine::list_images(std::string label) {
    HttpRequest request{"GET", "/images/json?filters=" + label_filter(label)};
    const auto response = co_await http_->send(std::move(request), image_limit);
    co_return read_list(response, "list images", image_of);
}

asio::awaitable<void> Engine::remove_image(std::string name) {
    HttpRequest request{"DELETE", "/images/" + encode(name)};
    const auto response = co_await http_->send(std::move(request), image_limit);
    if (response.status == 404) co_return;
    expect_ok(response, "remove the image " + name);
}

asio::awaitable<void> Engine::tag_image(std::string name, std::string repository, std::string tag) {
    HttpRequest request{"POST", "/images/" + encode(name) + "/tag?repo=" + encode(repository) + "&tag=" + encode(tag)};
    const auto response = co_await http_->send(std::move(request), image_limit);
    expect_ok(response, "tag the image " + name);
}

asio::awaitable<void> Engine::pull(std::string reference, OnPull on_pull) {
    HttpRequest request{"POST", "/images/create?fromImage=" + encode(reference)};
    StreamedLines lines;
    PullState state;
    const auto take_line = [&](const std::string& text) {
        const json line = json::parse(text, nullptr, false);
        throw_streamed_error(line, "pulling " + reference);
        if (!line.is_object()) return;
        state.feed(line);
        state.report(on_pull);
    };
    const auto take = [&](std::string_view bytes) { lines.feed(bytes, take_line); };
    const auto response = co_await http_->stream(std::move(request), take);
    lines.finish(take_line);
    expect_ok(response, "pull " + reference);
}

asio::awaitable<bool> Engine::registry_has(std::string reference) {
    HttpRequest request{"GET", "/distribution/" + encode(reference) + "/json"};
    const auto response = co_await http_->send(std::move(request), std::chrono::seconds(10));
    co_return response.status == 200;
}

asio::awaitable<void> Engine::import_image(UniqueFd archive, std::string repository, std::string tag,
                                           std::vector<std::string> changes) {
    // In one word: Podman 4.3 overlooks a parameter of its own for the tag.
    HttpRequest request{"POST", "/images/create?fromSrc=-&repo=" + encode(repository + ":" + tag)};
    for (const auto& change : changes) request.target += "&changes=" + encode(change);
    request.content_type = "application/x-tar";
    request.upload = std::make_shared<UniqueFd>(std::move(archive));
    StreamedLines lines;
    const auto take_line = [&](const std::string& text) {
        throw_streamed_error(json::parse(text, nullptr, false), "importing " + repository + ":" + tag);
    };
    const auto take = [&](std::string_view bytes) { lines.feed(bytes, take_line); };
    const auto response = co_await http_->stream(std::move(request), take);
    lines.finish(take_line);
    expect_ok(response, "import " + repository + ":" + tag);
}

asio::awaitable<void> Engine::build(BuildOptions options, OnLine on_line) {
    HttpRequest request{"POST", "/build?dockerfile=Dockerfile&rm=true&forcerm=true&t=" + encode(options.tag)};
    request.target += "&buildargs=" + query(options.arguments) + "&labels=" + query(options.labels);
    if (options.no_cache) request.target += "&nocache=true";
    request.content_type = "application/x-tar";
    request.body = std::move(options.context);
    StreamedLines objects;
    StreamedLines text_lines;  // the builder's text comes in pieces, not always whole lines
    const auto take_object = [&](const std::string& object) {
        const json line = json::parse(object, nullptr, false);
        throw_streamed_error(line, "the build");
        if (line.is_object() && line.contains("stream") && line["stream"].is_string())
            text_lines.feed(line["stream"].get<std::string>(), on_line);
    };
    const auto take = [&](std::string_view bytes) { objects.feed(bytes, take_object); };
    const auto response = co_await http_->stream(std::move(request), take);
    objects.finish(take_object);
    text_lines.finish(on_line);
    expect_ok(response, "build the image");
}

}  // namespace isag::engine
