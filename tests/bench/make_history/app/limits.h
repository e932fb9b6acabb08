#ifndef LIMITS_H
#define LIMITS_H

#define LOG_LINES 64
#define LOG_WIDTH 96
#define LOG_TRAIL 0 /* bytes of the trail that a visit leaves */
#define SHOWN_ITEMS 8

#endif
