"""Train LeNet on 4,000 images of MNIST, and test it on 1,000:  python examples/lenet_mnist.py"""

import numpy as np

import pygrad
from pygrad import data, nn, no_grad
from pygrad import functions as F
from pygrad.data import DataLoader, ratio_split

pygrad.seed(0)
train, test = ratio_split(data.datasets.mnist_5k(), 0.8, 0.2)

model = nn.Sequential(
    nn.Conv2d(1, 12, 5, padding=2),
    nn.BatchNorm2d(12),
    nn.MaxPool2d(2),
    nn.Conv2d(12, 32, 5),
    nn.BatchNorm2d(32),
    nn.MaxPool2d(2),
    nn.Flatten(),
    nn.Dropout(0.5),
    nn.Linear(800, 120),
    nn.Linear(120, 10),
)


def predict(images):
    conv1, norm1, pool1, conv2, norm2, pool2, flatten, dropout, fc1, fc2 = model
    x = F.relu(norm1(conv1(images.reshape(-1, 1, 28, 28))))
    x = F.relu(norm2(conv2(pool1(x))))
    return fc2(F.relu(fc1(dropout(flatten(pool2(x))))))


optimizer = nn.optim.Adam(model.params(), lr=2e-3)
epochs = 10

for epoch in range(epochs):
    optimizer.lr = 1e-3 * (1 + np.cos(np.pi * epoch / epochs))  # from 2e-3 down to 0
    for images, labels in DataLoader(train, 32):
        loss = F.softmax_cross_entropy(predict(images), labels)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()

model.eval()
images, labels = test[:]
with no_grad():
    predicted = predict(images).data.argmax(axis=1)
print(f"test accuracy: {np.mean(predicted == labels):.1%}")
