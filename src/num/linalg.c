/* SPDX-License-Identifier: Apache-2.0 */
/* Symmetric positive definite systems of dimension up to 4, stored as 4 x 4, row by row. */
#include "num.h"

bool num_cholesky(double l[16], const double m[16], int n) {
    for (int i = 0; i < n; i++) {
        for (int j = 0; j <= i; j++) {
            double sum = m[4 * i + j];
            for (int k = 0; k < j; k++) sum -= l[4 * i + k] * l[4 * j + k];
            if (i == j) {
                /* what is left of the diagonal must be more than rounding */
                if (!(sum > 1e-13 * fabs(m[4 * i + i])) || !num_finite(sum)) return false;
                l[4 * i + i] = sqrt(sum);
            } else {
                l[4 * i + j] = sum / l[4 * j + j];
            }
        }
    }
    return true;
}

void num_cholesky_solve(double x[4], const double l[16], const double b[4], int n) {
    for (int i = 0; i < n; i++) {
        double sum = b[i];
        for (int k = 0; k < i; k++) sum -= l[4 * i + k] * x[k];
        x[i] = sum / l[4 * i + i];
    }
    for (int i = n - 1; i >= 0; i--) {
        double sum = x[i];
        for (int k = i + 1; k < n; k++) sum -= l[4 * k + i] * x[k];
        x[i] = sum / l[4 * i + i];
    }
}

void num_cholesky_inverse(double inv[16], const double l[16], int n) {
    for (int j = 0; j < n; j++) {
        double unit[4] = {0};
        double column[4] = {0};
        unit[j] = 1.0;
        num_cholesky_solve(column, l, unit, n);
        for (int i = 0; i < n; i++) inv[4 * i + j] = column[i];
    }
}

/* Eigenvalues on the diagonal of m, eigenvectors in the columns of v, by Jacobi's rotations. */
static void jacobi(double m[16], double v[16], int n) {
    for (int i = 0; i < 16; i++) v[i] = i % 5 == 0 ? 1.0 : 0.0;
    for (int sweep = 0; sweep < 40; sweep++) {
        double off = 0.0;
        for (int p = 0; p < n; p++)
            for (int q = p + 1; q < n; q++) off += fabs(m[4 * p + q]);
        if (!(off > 0.0)) return;
        for (int p = 0; p < n; p++) {
            for (int q = p + 1; q < n; q++) {
                if (m[4 * p + q] == 0.0) continue;
                double theta = (m[5 * q] - m[5 * p]) / (2.0 * m[4 * p + q]);
                double t = (theta < 0.0 ? -1.0 : 1.0) / (fabs(theta) + sqrt(theta * theta + 1.0));
                if (!num_finite(theta)) t = 0.0;
                double c = 1.0 / sqrt(t * t + 1.0);
                double s = t * c;
                for (int k = 0; k < n; k++) {
                    double kp = m[4 * k + p], kq = m[4 * k + q];
                    m[4 * k + p] = c * kp - s * kq;
                    m[4 * k + q] = s * kp + c * kq;
                }
                for (int k = 0; k < n; k++) {
                    double pk = m[4 * p + k], qk = m[4 * q + k];
                    m[4 * p + k] = c * pk - s * qk;
                    m[4 * q + k] = s * pk + c * qk;
                    double vp = v[4 * k + p], vq = v[4 * k + q];
                    v[4 * k + p] = c * vp - s * vq;
                    v[4 * k + q] = s * vp + c * vq;
                }
                m[4 * p + q] = 0.0;
                m[4 * q + p] = 0.0;
            }
        }
    }
}

void num_absolute_solve(double x[4], const double a[16], const double b[4], int n) {
    double m[16], v[16];
    double largest = 0.0;
    for (int i = 0; i < 16; i++) m[i] = a[i];
    jacobi(m, v, n);
    for (int i = 0; i < n; i++) largest = fabs(m[5 * i]) > largest ? fabs(m[5 * i]) : largest;
    for (int i = 0; i < 4; i++) x[i] = 0.0;
    for (int k = 0; k < n; k++) {
        double along = 0.0;
        double size = fabs(m[5 * k]);
        if (size < 1e-13 * largest + 1e-13) size = 1e-13 * largest + 1e-13;
        for (int i = 0; i < n; i++) along += v[4 * i + k] * b[i];
        for (int i = 0; i < n; i++) x[i] += v[4 * i + k] * along / size;
    }
}
