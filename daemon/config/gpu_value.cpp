// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/gpu_value.hpp"
#include "common/escape.hpp"
#include "daemon/config/rules.hpp"
#include "daemon/config/values.hpp"

namespace isag::config {
namespace {

constexpr const char* allowed = "true, false, all, or a list of device ids such as [0, 1]";

ListOf<Text> id_list() {
    return {{"a device's index, UUID or CDI name", is_gpu_id},
            {.allowed = allowed, .null_is_empty = false, .may_be_empty = false, .claims = "the GPU"}};
}

}  // namespace

bool GpuChoice::read(const Spot& spot, Container& out) const {
    const Node& node = spot.node();
    out.gpu_ids.clear();
    if (node.is_list()) {
        out.gpu = Gpu::listed;
        return id_list().read(spot, out.gpu_ids);
    }
    bool on = node.is_scalar() && node.text == "all";
    Reading aside{spot.reading().environment, {}, {}};  // the flag's own message would leave out the other choices
    if (!on && !Flag{}.read(Spot(node, spot.key(), aside), on)) return spot.refuse(allowed);
    out.gpu = on ? Gpu::all : Gpu::none;
    return true;
}

Node GpuChoice::write(const Container& value) const {
    if (value.gpu == Gpu::listed) return id_list().write(value.gpu_ids);
    return Flag{}.write(value.gpu == Gpu::all);
}

}  // namespace isag::config
