// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/record.hpp"
#include "common/directories.hpp"
#include "common/file.hpp"
#include "proto/json_text.hpp"
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>
#include <sys/random.h>

namespace isag::sandbox {
namespace fs = std::filesystem;

std::string random_hex(std::size_t digits) {
    std::string bytes(digits, '\0');
    for (std::size_t done = 0; done < digits;) {
        const ssize_t n = ::getrandom(bytes.data() + done, digits - done, 0);
        if (n > 0) done += static_cast<std::size_t>(n);
    }
    for (char& byte : bytes) byte = "0123456789abcdef"[static_cast<unsigned char>(byte) & 15];
    return bytes;
}

RecordStore::RecordStore(const fs::path& state) : folder_(state / "sandboxes") {
    make_private_directory(state);
    make_private_directory(folder_);
    for (const auto& folder : {state, folder_}) remove_unfinished(folder);
    const fs::path file = state / "owner";
    if (const auto kept = read_file(file, 64); kept && kept->size() == 32) owner_ = *kept;
    if (owner_.empty()) write_file(file, owner_ = random_hex(32));
    instance_ = random_hex(16);
}

std::map<std::string, std::string> RecordStore::stray_labels() const {
    return {{"isag.owner", owner_}, {"isag.instance", instance_}};
}

void RecordStore::save(const Record& record) const {
    write_file(folder_ / (record.id + ".json"), proto::to_line(proto::to_json(record)) + "\n", 0600, Sync::no);
}

void RecordStore::remove(const std::string& id) const {
    std::error_code ignored;
    fs::remove(folder_ / (id + ".json"), ignored);
}

std::vector<Record> RecordStore::load() const {
    std::vector<Record> out;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder_, error)) {
        if (entry.path().extension() != ".json") continue;
        try {
            const auto value = proto::read_object(entry.path());
            auto record = proto::from_json<Record>(value, entry.path().string()).value();
            if (record.id != entry.path().stem()) throw Error("it holds the record of another sandbox");
            out.push_back(std::move(record));
        } catch (const Error& failure) {
            spdlog::error("{}: {}", entry.path().string(), failure.message());
        }
    }
    return out;
}

}  // namespace isag::sandbox
