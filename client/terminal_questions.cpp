// SPDX-License-Identifier: Apache-2.0
#include "client/terminal_questions.hpp"
#include <algorithm>
#include <charconv>
#include <iterator>

namespace isag::terminal {
namespace {

bool has(std::string_view list, char c) { return list.find(c) != list.npos; }

// The window's state, place and sizes; 20 and 21, its titles, do not get here.
bool asks_window(std::string_view parameters) {
    int number = 0;
    std::from_chars(parameters.data(), parameters.data() + parameters.size(), number);
    return number >= 11 && number <= 19;
}

// A terminal tells its size at once when it is to tell each new one, and some tell whether they have the focus.
bool sets_telling_mode(std::string_view parameters) {
    return parameters.find("2048") != parameters.npos || parameters.find("1004") != parameters.npos;
}

bool is_zero(std::string_view parameters) {
    return std::all_of(parameters.begin(), parameters.end(), [](char c) { return c == '0'; });
}

Answer answer_to_private(char prefix, std::string_view parameters, char final) {
    bool is_question = false;
    if (prefix == '?') is_question = has("mnuS", final) || (final == 'h' && sets_telling_mode(parameters));
    if (prefix == '>') is_question = has("cq", final);
    if (prefix == '=') is_question = final == 'c';
    return is_question ? Answer::other : Answer::none;
}

Answer answer_to_control(std::string_view body) {
    // By intermediates and final: DECRQM, DECRQTSR, DECRQPSR, XTREPORTCOLORS, XTREPORTSGR, DECRQUPSS, DECRQLP,
    // DECRQPKFM, DECSR, DECRQKT, DECRQDE.
    constexpr std::string_view with_intermediates[] = {"$p", "$u", "$w", "#R", "#|", "&u",
                                                       "'|", "+x", "+p", ",u", "\"v"};
    const auto end = std::min(body.find_first_not_of("0123456789:;<=>?"), body.size() - 1);
    const std::string_view parameters = body.substr(0, end), rest = body.substr(end);
    const char final = body.back();
    if (rest.size() > 1) {
        const auto* const last = std::end(with_intermediates);
        return std::find(std::begin(with_intermediates), last, rest) == last ? Answer::none : Answer::other;
    }
    if (!parameters.empty() && parameters[0] >= '<')
        return answer_to_private(parameters[0], parameters.substr(1), final);
    if (final == 'c') return is_zero(parameters) ? Answer::attributes : Answer::none;
    if (final == 't') return asks_window(parameters) ? Answer::other : Answer::none;
    return has("nx", final) ? Answer::other : Answer::none;
}

// Colours, and what an agent is at.
bool is_answered_command(std::string_view body) {
    constexpr std::string_view numbers[] = {"4",  "5",  "10", "11", "12", "13",  "14",
                                            "15", "16", "17", "18", "19", "7501"};
    const auto end = std::min(body.find(';'), body.size());
    if (body.find('?', end) == body.npos) return false;
    return std::find(std::begin(numbers), std::end(numbers), body.substr(0, end)) != std::end(numbers);
}

// kitty says how it went, unless it shall not; the last of a picture's pieces may leave its name out.
bool is_answered_picture(std::string_view head) { return head.substr(0, head.find(';')).find("q=2") == head.npos; }

}  // namespace

Answer answer_to(std::string_view sequence) {
    if (sequence.size() < 2) return Answer::none;
    const std::string_view body = sequence.substr(2);
    bool is_question = false;
    switch (sequence[1]) {
        case 'Z':  // DECID
            return Answer::attributes;
        case '[':
            return body.empty() ? Answer::none : answer_to_control(body);
        case ']':
            is_question = is_answered_command(body);
            break;
        case 'P':  // DECRQSS, XTGETTCAP
            is_question = body.starts_with("$q") || body.starts_with("+q");
            break;
        case '_':
            is_question = is_answered_picture(body);
            break;
        default:
            break;
    }
    return is_question ? Answer::other : Answer::none;
}

}  // namespace isag::terminal
