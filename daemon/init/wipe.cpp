// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <new>

// Messages hold keys and passwords of the person's. Whatever held a part of one is wiped when it is given back.
void operator delete(void* block) noexcept {
    if (!block) return;
    ::explicit_bzero(block, ::malloc_usable_size(block));
    std::free(block);
}
void operator delete(void* block, std::size_t) noexcept { operator delete(block); }
