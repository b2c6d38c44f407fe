// SPDX-License-Identifier: Apache-2.0
#include "daemon/firewall/gate_image.hpp"
#include "common/error.hpp"
#include "common/file.hpp"
#include "common/sha256.hpp"
#include "proto/gate.hpp"
#include <cerrno>
#include <ctime>
#include <fcntl.h>
#include <spdlog/spdlog.h>

namespace asio = boost::asio;

namespace isag::firewall {
namespace {

constexpr const char* repository = "isag/gate";
constexpr const char* label = "isag.gate";  // the archive's digest
constexpr std::size_t tag_digits = 16;
constexpr std::time_t a_day = 86400;
constexpr std::size_t most_bytes = 256 << 20;

bool has_label(const engine::Image& image, const std::string& digest) {
    const auto found = image.labels.find(label);
    return found != image.labels.end() && found->second == digest;
}

// The engine names a layer by the digest of its tar archive (OCI image-spec, "DiffID"), which an import leaves as it
// is.
bool is_made_of(const engine::Image& image, const std::string& digest) {
    return has_label(image, digest) && image.layers.size() == 1 && image.layers[0] == "sha256:" + digest;
}

asio::awaitable<void> remove_if_unused(engine::Engine& engine, std::string id) {
    try {
        co_await engine.remove_image(id);
    } catch (const Error& error) {  // as the engine says of one that a container uses
        spdlog::debug("the gate's old image {} stays: {}", id, error.message());
    }
}

}  // namespace

asio::awaitable<std::string> GateImage::ensure(engine::Engine& engine) {
    const auto held = co_await lock_.take();
    if (!id_.empty()) {
        const auto known = co_await engine.find_image(id_);
        if (known) co_return id_;
    }
    if (digest_.empty()) digest_ = sha256_hex(read_file(archive_, most_bytes).value());
    const std::string tag = digest_.substr(0, tag_digits);
    const std::string name = std::string(repository) + ":" + tag;
    auto image = co_await engine.find_image(name);
    const bool is_new = !image || !is_made_of(*image, digest_);
    if (is_new) {
        spdlog::info("loading the gate's image {}", name);
        co_await load(engine, tag);
        image = co_await engine.find_image(name);
    }
    if (!image || !has_label(*image, digest_))
        throw Error("the engine does not keep the gate's image " + name, "see whether something else writes that tag");
    id_ = image->id;
    if (is_new) co_await remove_old(engine);
    co_return id_;
}

asio::awaitable<void> GateImage::remove_old(engine::Engine& engine) {
    const auto before = std::time(nullptr) - a_day;
    try {
        const auto images = co_await engine.list_images(label);
        for (const auto& image : images)
            if (image.id != id_ && image.created < before) co_await remove_if_unused(engine, image.id);
    } catch (const Error& error) {
        spdlog::warn("old images of the gate stay: {}", error.message());
    }
}

asio::awaitable<void> GateImage::load(engine::Engine& engine, std::string tag) {
    UniqueFd file(::open(archive_.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) throw errno_error("cannot open " + archive_.string(), errno);
    std::vector<std::string> changes;
    changes.push_back(std::string("ENTRYPOINT [\"") + proto::gate::program_path + "\"]");
    changes.push_back(std::string("LABEL ") + label + "=" + digest_);
    co_await engine.import_image(std::move(file), repository, std::move(tag), std::move(changes));
}

}  // namespace isag::firewall
