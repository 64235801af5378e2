#ifndef DAMCON_CZLIB_SHIM_H
#define DAMCON_CZLIB_SHIM_H

#include <zlib.h>

// inflateInit2 is a macro that passes the header's version and the size of z_stream; Swift cannot
// see it. 15 + 32 asks for the largest window and accepts both gzip and zlib headers.
static inline int damcon_inflate_init(z_streamp stream) { return inflateInit2(stream, 15 + 32); }

#endif
