// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/tag.hpp"
#include "daemon/image/dockerfile.hpp"
#include "tests/daemon/image/samples.hpp"
#include <doctest/doctest.h>
#include <set>

using namespace isag::image;
using namespace isag::test;

namespace {

std::string tag_of(const isag::config::Config& config, const BaseFacts& facts, const RecipeInputs& inputs,
                   const std::string& base_id = "sha256:1") {
    const auto recipe = choose(config, facts, inputs).value();
    const ImageContent content{render(recipe), base_id};
    return image_tag(config.container.name, content);
}

}  // namespace

TEST_CASE("a tag is the name and 24 hex digits") {
    const std::string tag = image_tag("web", {"FROM x\n", "sha256:1"});
    CHECK(tag.starts_with("isag/web:"));
    CHECK(tag.size() == std::string("isag/web:").size() + 24);
    CHECK(tag.find_first_not_of("0123456789abcdef", 9) == std::string::npos);
}

TEST_CASE("the same content has the same tag") {
    CHECK(image_tag("web", {"FROM x\n", "id"}) == image_tag("web", {"FROM x\n", "id"}));
}

TEST_CASE("parts that only meet elsewhere give another tag") {
    std::set<std::string> tags;
    tags.insert(image_tag("web", {"ab", "c"}));
    tags.insert(image_tag("web", {"a", "bc"}));
    tags.insert(image_tag("web", {"abc", ""}));
    tags.insert(image_tag("web", {"a1:b", "c"}));
    CHECK(tags.size() == 4);
}

TEST_CASE("each input of an image changes its tag") {
    using isag::config::Config;
    const auto facts = bookworm_facts();
    const auto inputs = sample_inputs("debian:12");
    Config config;
    config.container.python = "3.11";
    std::set<std::string> tags;
    std::size_t count = 0;
    const auto add = [&](const std::string& tag) {
        tags.insert(tag);
        ++count;
        CHECK(tags.size() == count);
    };
    add(tag_of(config, facts, inputs));
    add(tag_of(config, facts, inputs, "sha256:2"));
    const auto with_input = [&](auto change) {
        auto changed = inputs;
        change(changed);
        add(tag_of(config, facts, changed));
    };
    with_input([](auto& i) { i.uid = 1001; });
    with_input([](auto& i) { i.gid = 1001; });
    with_input([](auto& i) { i.cli_version = "2.1.1"; });
    with_input([](auto& i) { i.base = "debian:bookworm"; });
    with_input([](auto& i) { i.certificates = {1, "a"}; });
    with_input([](auto& i) { i.certificates = {1, "b"}; });
    const auto with_config = [&](auto change) {
        auto changed = config;
        change(changed);
        add(tag_of(changed, facts, inputs));
    };
    with_config([](Config& c) { c.container.python = "3.9"; });
    with_config([](Config& c) { c.container.node = 20; });
    with_config([](Config& c) { c.container.user = "me"; });
    with_config([](Config& c) { c.container.name = "other"; });
    with_config([](Config& c) { c.container.extra_packages = {"nano"}; });
    with_config([](Config& c) { c.agent.vendor = isag::config::Vendor::codex; });
}
