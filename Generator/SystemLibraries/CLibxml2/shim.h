#pragma once
// Debian builds libxml2 with ICU, whose headers would clash with the copy inside Foundation. Only
// the layout of the encoding handlers depends on it, and nothing here touches those.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>
#include <libxml/xpath.h>
