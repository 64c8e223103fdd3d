#include <pango/pangocairo.h>
#include <cairo/cairo-pdf.h>
#include <string.h>

/* The few calls whose types are macros or half-open structures, as functions that Swift can import. A font is a plain pointer here. */

static inline void crossdock_release(void *object) { if (object) g_object_unref(object); }

/* The font that stands for a description, or NULL. Release it. When the family is not installed, it is another family: ask crossdock_font_is_family. */
static inline void *crossdock_font_load(PangoContext *context, const PangoFontDescription *description) { return pango_context_load_font(context, description); }

static inline int crossdock_font_covers(void *font, uint32_t scalar) { return pango_font_has_char((PangoFont *) font, scalar) ? 1 : 0; }

static inline int crossdock_font_is_family(void *font, const char *family) {
    PangoFontDescription *description = pango_font_describe((PangoFont *) font);
    const char *found = pango_font_description_get_family(description);
    int same = found && strcmp(found, family) == 0;
    pango_font_description_free(description);
    return same;
}

/* Only the glyphs of the chosen font: a text that it lacks is counted as unknown, never taken from another font. */
static inline PangoAttrList *crossdock_attributes_without_fallback(void) {
    PangoAttrList *list = pango_attr_list_new();
    pango_attr_list_insert(list, pango_attr_fallback_new(FALSE));
    return list;
}

/* A copy of the list that keeps the bytes from start to end on one line. */
static inline PangoAttrList *crossdock_attributes_keeping_together(PangoAttrList *base, unsigned start, unsigned end) {
    PangoAttrList *list = pango_attr_list_copy(base);
    PangoAttribute *attribute = pango_attr_allow_breaks_new(FALSE);
    attribute->start_index = start;
    attribute->end_index = end;
    pango_attr_list_insert(list, attribute);
    return list;
}
