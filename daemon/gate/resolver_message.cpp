// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/resolver_message.hpp"
#include "daemon/gate/cursor.hpp"
#include "daemon/gate/dns_wire.hpp"
#include "daemon/gate/name.hpp"
#include <algorithm>
#include <map>

namespace isag::gate::dns {
namespace {

constexpr int max_pointers = 64;
constexpr int max_chain = 16;
constexpr std::size_t max_addresses = 64;

std::string wire_name(std::string_view name) {
    std::string out;
    while (!name.empty()) {
        const std::size_t length = std::min(name.find('.'), name.size());
        out += static_cast<char>(length);
        out += name.substr(0, length);
        name.remove_prefix(std::min(length + 1, name.size()));
    }
    return out + '\0';
}

// A message with a place in it. Names may point backwards (RFC 1035, 4.1.4): each pointer must lead before the last.
class Reader {
public:
    explicit Reader(std::string_view packet) : packet_(packet) {}

    std::optional<std::uint32_t> integer(std::size_t width) {
        Cursor cursor(packet_.substr(std::min(at_, packet_.size())));
        const auto value = cursor.integer(width);
        if (value) at_ += width;
        return value;
    }

    // Normalized; empty for a name that is no host name, which then matches nothing.
    std::optional<std::string> name() {
        const auto text = name_at(at_, true);
        if (!text) return std::nullopt;
        auto normal = normalize_name(*text);
        return normal ? *normal : std::string();
    }

    std::optional<std::string_view> bytes(std::size_t length) {
        if (packet_.size() - std::min(at_, packet_.size()) < length) return std::nullopt;
        const auto out = packet_.substr(at_, length);
        at_ += length;
        return out;
    }

    std::size_t at() const { return at_; }
    void go_to(std::size_t place) { at_ = place; }

private:
    std::optional<std::string> name_at(std::size_t place, bool moves) {
        std::string text;
        std::size_t limit = place;  // pointers lead before here
        for (int pointers = 0; pointers < max_pointers && text.size() <= 255;) {
            if (place >= packet_.size()) return std::nullopt;
            const auto length = static_cast<unsigned char>(packet_[place]);
            if (length >= 0xc0) {
                if (place + 1 >= packet_.size()) return std::nullopt;
                const std::size_t target =
                    static_cast<std::size_t>(length & 0x3f) << 8 | static_cast<unsigned char>(packet_[place + 1]);
                if (moves) at_ = place + 2;
                moves = false;
                if (target >= limit) return std::nullopt;
                limit = place = target;
                ++pointers;
                continue;
            }
            if (length > 63) return std::nullopt;
            if (length == 0) {
                if (moves) at_ = place + 1;
                return text;
            }
            if (place + 1 + length > packet_.size()) return std::nullopt;
            const auto label = packet_.substr(place + 1, length);
            if (label.find('.') != std::string_view::npos) return std::nullopt;
            text += (text.empty() ? "" : ".") + std::string(label);
            place += 1u + length;
        }
        return std::nullopt;
    }

    std::string_view packet_;
    std::size_t at_ = 0;
};

struct Record {
    std::string name;
    std::uint32_t type = 0;
    std::uint32_t time_to_live = 0;
    std::string target;  // of a CNAME
    Address address;     // of an A or AAAA
};

std::optional<Record> take_record(Reader& reader) {
    Record record;
    const auto name = reader.name();
    if (!name) return std::nullopt;
    record.name = *name;
    const auto type = reader.integer(2);
    const auto record_class = reader.integer(2);
    const auto time_to_live = reader.integer(4);
    const auto length = reader.integer(2);
    if (!type || !record_class || !time_to_live || !length) return std::nullopt;
    const std::size_t data = reader.at();
    const auto bytes = reader.bytes(*length);
    if (!bytes) return std::nullopt;
    record.type = *record_class == class_in ? *type : 0;
    record.time_to_live = *time_to_live > 0x7fffffff ? 0 : *time_to_live;  // RFC 2181, 8
    const bool address = (*type == type_a && *length == 4) || (*type == type_aaaa && *length == 16);
    if (address) {
        record.address.v6 = *type == type_aaaa;
        std::copy(bytes->begin(), bytes->end(), record.address.bytes.begin());
    } else if (*type == type_a || *type == type_aaaa) {
        return std::nullopt;
    } else if (*type == type_cname) {
        reader.go_to(data);
        const auto target = reader.name();
        if (!target || reader.at() != data + *length) return std::nullopt;
        record.target = *target;
    }
    reader.go_to(data + *length);
    return record;
}

// From the name that was asked for along its CNAMEs to the addresses.
void follow(const std::vector<Record>& records, std::string name, std::uint16_t type, Reply& reply) {
    reply.time_to_live = 0x7fffffff;
    for (int hops = 0; hops <= max_chain; ++hops) {
        const Record* alias = nullptr;
        for (const auto& record : records) {
            if (record.name != name || name.empty()) continue;
            if (record.type == type_cname) alias = &record;
            if (record.type != type || reply.addresses.size() >= max_addresses) continue;
            reply.addresses.push_back(record.address);
            reply.time_to_live = std::min(reply.time_to_live, record.time_to_live);
        }
        if (!reply.addresses.empty()) return;
        if (!alias) break;
        reply.time_to_live = std::min(reply.time_to_live, alias->time_to_live);
        name = alias->target;
    }
    reply.time_to_live = 0;
}

}  // namespace

std::string make_query(std::uint16_t id, std::string_view name, std::uint16_t type) {
    std::string out;
    put16(out, id);
    put16(out, flag_recursion_desired);
    put16(out, 1);
    for (int i = 0; i < 3; ++i) put16(out, 0);
    out += wire_name(name);
    put16(out, type);
    put16(out, class_in);
    return out;
}

Result<Reply> parse_reply(std::string_view packet, std::uint16_t id, std::string_view name, std::uint16_t type) {
    const Failure cut_off{"a resolver's answer is malformed"};
    Reader reader(packet);
    const auto got_id = reader.integer(2);
    const auto flags = reader.integer(2);
    const auto questions = reader.integer(2);
    const auto answers = reader.integer(2);
    const auto authorities = reader.integer(2);
    const auto additional = reader.integer(2);
    if (!additional || !authorities) return cut_off;
    if (*got_id != id || (*flags & flag_response) == 0 || (*flags & opcode_mask) != 0 || *questions != 1)
        return Failure{"an answer to something that was not asked"};
    const auto asked = reader.name();
    const auto asked_type = reader.integer(2);
    const auto asked_class = reader.integer(2);
    if (!asked || !asked_type || !asked_class) return cut_off;
    if (*asked != name || *asked_type != type || *asked_class != class_in)
        return Failure{"an answer to something that was not asked"};

    Reply reply;
    reply.code = static_cast<Code>(*flags & 15);
    reply.truncated = (*flags & flag_truncated) != 0;
    if (reply.truncated) return reply;
    std::vector<Record> records;
    for (std::uint32_t i = 0; i < *answers; ++i) {
        auto record = take_record(reader);
        if (!record) return cut_off;
        records.push_back(std::move(*record));
    }
    follow(records, std::string(name), type, reply);
    return reply;
}

}  // namespace isag::gate::dns
