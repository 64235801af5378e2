#define _GNU_SOURCE 1
#define _XOPEN_SOURCE_EXTENDED 1
#define NCURSES_WIDECHAR 1
#if defined(__linux__)
#include <ncursesw/curses.h>
#include <ncursesw/term.h>
#else
#include <curses.h>
#include <term.h>
#endif
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "cncurses.h"

static SCREEN *screen;
static FILE *sink_file;
static int utf8;

int cn_use_locale(void) {
  utf8 = setlocale(LC_ALL, "") != NULL && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
  return utf8;
}

int cn_lookup(const char *term) {
  int found = -1;
  if (cur_term != NULL && screen == NULL) del_curterm(cur_term);
  setupterm((char *)term, STDOUT_FILENO, &found);
  return found;
}

int cn_open(const char *term, int sink, int height, int width) {
  int copy = dup(sink);
  if (copy < 0 || (sink_file = fdopen(copy, "w")) == NULL) return -1;
  screen = newterm((char *)term, sink_file, stdin);
  if (screen == NULL) return -1;
  set_term(screen);
  // Input waiting must not cut an update short: keys are read elsewhere.
  typeahead(-1);
  // The sink has no size: it is told. (use_env(FALSE) would refuse entries that name none, such as linux.)
  resize_term(height, width);
  leaveok(stdscr, TRUE);
  curs_set(0);
  return 0;
}

void cn_close(void) {
  if (screen == NULL) return;
  delscreen(screen);
  screen = NULL;
  fclose(sink_file);
  sink_file = NULL;
}

const char *cn_string(const char *capability) {
  const char *value = tigetstr((char *)capability);
  return value == (const char *)-1 ? NULL : value;
}

int cn_number(const char *capability) {
  int value = tigetnum((char *)capability);
  return value < 0 ? -1 : value;
}

int cn_flag(const char *capability) { return tigetflag((char *)capability) > 0; }

const char *cn_format(const char *string, int a, int b) {
  return tparm(string, (long)a, (long)b, 0L, 0L, 0L, 0L, 0L, 0L, 0L);
}

int cn_start_color(void) {
  if (!has_colors() || start_color() == ERR) return 0;
  return use_default_colors() == OK;
}

int cn_colors(void) { return COLORS; }
int cn_pairs(void) { return COLOR_PAIRS; }

int cn_init_pair(int pair, int foreground, int background) {
  return init_extended_pair(pair, foreground, background) == ERR ? -1 : 0;
}

static attr_t renditions(uint8_t bits) {
  attr_t a = A_NORMAL;
  if (bits & CN_BOLD) a |= A_BOLD;
  if (bits & CN_DIM) a |= A_DIM;
  if (bits & CN_UNDERLINE) a |= A_UNDERLINE;
  if (bits & CN_REVERSE) a |= A_REVERSE;
  if (bits & CN_BLINK) a |= A_BLINK;
#ifdef A_ITALIC
  if (bits & CN_ITALIC) a |= A_ITALIC;
#endif
  return a;
}

static void put_one(int y, int x, wchar_t *text, attr_t attributes, int pair) {
  cchar_t cell;
  if (setcchar(&cell, text, attributes, 0, &pair) == ERR) {
    text[0] = L'?';
    text[1] = 0;
    if (setcchar(&cell, text, attributes, 0, &pair) == ERR) return;
  }
  mvwadd_wchnstr(stdscr, y, x, &cell, 1);
}

void cn_put(int y, int x, const struct cn_cell *cells, int count) {
  for (int i = 0; i < count; i++) {
    const struct cn_cell *c = &cells[i];
    attr_t attributes = renditions(c->attributes);
    wchar_t text[4] = {0};
    wchar_t base = (wchar_t)c->scalars[0];
    if (base < 0x20 || (base >= 0x7f && (!utf8 || wcwidth(base) != c->width))) {
      // The C library, and so curses, thinks otherwise of its width: a stand-in of a width all agree on,
      // so that the row is not shifted.
      for (int k = 0; k < c->width; k++) {
        text[0] = utf8 ? 0x25af : L'?';
        text[1] = 0;
        put_one(y, x + k, text, attributes, c->pair);
      }
    } else {
      int n = 0;
      text[n++] = base;
      for (int m = 1; m < 3; m++) {
        wchar_t mark = (wchar_t)c->scalars[m];
        if (mark != 0 && wcwidth(mark) == 0) text[n++] = mark;
      }
      put_one(y, x, text, attributes, c->pair);
    }
    x += c->width;
  }
}

void cn_cursor(int y, int x) {
  leaveok(stdscr, FALSE);
  curs_set(1);
  wmove(stdscr, y, x);
}

void cn_hide_cursor(void) {
  leaveok(stdscr, TRUE);
  curs_set(0);
}

void cn_erase(void) { werase(stdscr); }

void cn_redraw(void) {
  clearok(curscr, TRUE);
}

void cn_resize(int height, int width) {
  resize_term(height, width);
  clearok(curscr, TRUE);
}

int cn_update(void) {
  wnoutrefresh(stdscr);
  int result = doupdate();
  fflush(sink_file);
  return result == ERR ? -1 : 0;
}

void cn_suspend(void) {
  endwin();
  fflush(sink_file);
}
