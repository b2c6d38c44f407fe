// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/survey.hpp"
#include "daemon/sandbox/env_file.hpp"
#include "daemon/sandbox/glob.hpp"
#include <unistd.h>

namespace isag::sandbox {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t max_overlays = 1000;
constexpr std::size_t most_shown = 20;  // of what is wrong: an agent may have made thousands of links

Failure with_hint(Failure failure, const config::Config& config) {
    if (failure.hint.empty()) failure.hint = "put that right, or change the entry in " + config.file.string();
    return failure;
}

class Surveyor {
public:
    Surveyor(const config::Config& config, const Refusals& refusals, const Person& daemon)
        : config_(config), refusals_(refusals), daemon_(daemon) {
        out_.agent = agent_for(config, daemon);
    }

    Survey run() {
        add_mount(config_.project);
        for (const auto& mount : own_mounts()) add_mount(mount);
        for (const auto& mount : config_.mounts) add_mount(mount);
        stop_if_failed();
        make_mount_points();
        hide(config_.exclude.files, Overlay::Kind::empty_file, "exclude.files");
        hide(config_.exclude.folders, Overlay::Kind::empty_folder, "exclude.folders");
        hide_globs();
        protect();
        if (out_.overlays.size() > max_overlays)
            fail({"exclude and protect match more than 1000 places", "name the folder that holds them instead"});
        read_env_files();
        stop_if_failed();
        warn_unwritable();
        return std::move(out_);
    }

private:
    std::vector<config::Mount> own_mounts() const {
        const std::string folder = std::string(".") + config::name_of(config_.agent.vendor);
        const fs::path home = config_.container.home();
        using config::Access;
        return {{config_.agent.host_home / folder, home / folder, Access::read_write, "agent.host_home"},
                {config_.container.host_cache_dir, home / ".cache", Access::read_write, "container.host_cache_dir"}};
    }

    void add_mount(const config::Mount& mount) {
        try {
            if (auto refused = refusals_.check(mount.host)) throw Error(*refused);
            if (!path_exists(mount.host) && mount.key != "project") make_folder(mount.host, out_.agent);
            Source source = open_source(mount.host).value();
            if (auto refused = refusals_.check(source.path)) throw Error(*refused);
            if (mount.key == "project" && !source.is_folder()) throw Error(mount.host.string() + " is not a folder");
            if (!source.is_folder() && !source.is_file())
                throw Error(mount.host.string() + " is neither a folder nor a regular file");
            const BindMount bind{source.path, mount.container, mount.access == config::Access::read_only};
            out_.mounts.push_back({bind, std::move(source)});
        } catch (const Error& error) {
            fail(error.within(mount.key).failure());
        }
    }

    // A mount inside another needs its place there: made by us it belongs to the person, made by the engine to root.
    void make_mount_points() {
        for (const auto& outer : out_.mounts) {
            for (const auto& inner : out_.mounts) {
                if (inner.bind.container == outer.bind.container ||
                    !is_within(inner.bind.container, outer.bind.container))
                    continue;
                const fs::path place = outer.bind.host / inner.bind.container.lexically_relative(outer.bind.container);
                if (!path_exists(place) && inner.source.is_folder()) make_folder(place, out_.agent);
            }
        }
    }

    void hide(const std::vector<fs::path>& paths, Overlay::Kind kind, const std::string& key) {
        for (const auto& path : paths) {
            const auto source = open_source(path);
            if (!source) {
                fail(Error(source.error()).within(key).failure());
                continue;
            }
            const bool wants_file = kind == Overlay::Kind::empty_file;
            if (wants_file ? !source->is_file() : !source->is_folder()) {
                fail({key + ": " + path.string() + (wants_file ? " is not a file" : " is not a folder"),
                      wants_file ? "folders go under exclude.folders" : "files go under exclude.files"});
                continue;
            }
            out_.overlays.push_back({source->path, kind});
        }
    }

    void hide_globs() {
        for (const auto& pattern : config_.exclude.globs)
            for (const auto& mount : out_.mounts) {
                if (!mount.source.is_folder()) continue;
                overlay_matches(mount.bind.host, pattern, "exclude.globs", true);
            }
    }

    void protect() {
        const BindMount& project = out_.mounts.front().bind;
        for (const auto& pattern : config_.protect) overlay_matches(project.host, pattern, "protect", false);
        protect_config();
    }

    // The agent must not write its own policy, nor put another file where a link to it is (security.md F4).
    void protect_config() {
        const auto file = open_source(config_.file);
        std::error_code ignored;
        const fs::path folder = fs::canonical(config_.file.parent_path(), ignored);
        for (const auto& mount : out_.mounts) {
            if (file && is_within(file->path, mount.bind.host))
                out_.overlays.push_back({file->path, Overlay::Kind::read_only});
            else if (!file && is_within(folder, mount.bind.host) && !mount.bind.read_only)
                fail(file.error());
        }
    }

    void overlay_matches(const fs::path& root, const std::string& pattern, const std::string& key, bool hidden) {
        const auto matches = expand_glob(root, pattern);
        if (!matches) return fail(Error(matches.error()).within(key).failure());
        for (const auto& path : *matches) overlay_match(path, key, hidden);
    }

    void overlay_match(const fs::path& path, const std::string& key, bool hidden) {
        const auto source = open_source(path);
        if (!source)
            fail({key + ": " + source.error().message,
                  "isag can't lay anything over a link: put the file there itself, or name in " +
                      config_.file.string() + " under " + key + " what is meant without it"});
        else if (!hidden)
            out_.overlays.push_back({source->path, Overlay::Kind::read_only});
        else if (source->is_folder())
            out_.overlays.push_back({source->path, Overlay::Kind::empty_folder});
        else if (source->is_file())
            out_.overlays.push_back({source->path, Overlay::Kind::empty_file});
    }

    void read_env_files() {
        for (const auto& path : config_.env_files) {
            const auto variables = read_env_file(path, daemon_.uid);
            if (!variables) {
                fail(Error(variables.error()).within("env_files").failure());
                continue;
            }
            for (const auto& [name, value] : *variables) out_.env_files[name] = value;
        }
    }

    void warn_unwritable() {
        for (const auto& mount : out_.mounts) {
            if (mount.bind.read_only || can_write(out_.agent, mount.source.ownership())) continue;
            const std::string who = std::to_string(out_.agent.uid) + ":" + std::to_string(out_.agent.gid);
            out_.notices.push_back("the agent (uid:gid " + who + ") can't write " + mount.bind.host.string() +
                                   "; to let it: chown -R " + who + " " + mount.bind.host.string());
        }
    }

    void fail(Failure failure) { failures_.push_back(with_hint(std::move(failure), config_)); }

    void stop_if_failed() const {
        if (failures_.empty()) return;
        Failure all = failures_.front();
        const auto shown = std::min(failures_.size(), most_shown);
        for (std::size_t i = 1; i < shown; ++i) {
            all.message += "\n" + failures_[i].message;
            if (all.hint.find(failures_[i].hint) == std::string::npos) all.hint += "\n" + failures_[i].hint;
        }
        if (shown < failures_.size()) all.message += "\nand " + std::to_string(failures_.size() - shown) + " more";
        throw Error(all);
    }

    const config::Config& config_;
    const Refusals& refusals_;
    Person daemon_;
    Survey out_;
    std::vector<Failure> failures_;
};

}  // namespace

Person agent_for(const config::Config& config, const Person& daemon) {
    const auto project = open_source(config.project.host);
    if (!project) throw Error(with_hint(project.error(), config)).within("project");
    return agent_of(daemon, {project->uid, project->gid});
}

Survey survey(const config::Config& config, const Refusals& refusals, const Person& daemon) {
    return Surveyor(config, refusals, daemon).run();
}

}  // namespace isag::sandbox
