#include <zint.h>

/* Whether a module of an encoded symbol is dark: its rows are bits, the lowest first. A table of 200 by 144 bytes is nothing Swift can import. */
static inline int crossdock_zint_is_dark(const struct zint_symbol *symbol, int row, int column) {
    return (symbol->encoded_data[row][column / 8] >> (column % 8)) & 1;
}
